--[[ Which Python styleplug is installed in, as `styleplug hosts install darktable` wrote it down. ]]

local dt = require "darktable"
local json = require "styleplug/json"

local FILE = dt.configuration.config_dir .. "/lua/styleplug/installation.json"
local MEND = "Run: styleplug hosts install darktable, then restart darktable."

local installation = {}

--- The record: `interpreter` is an absolute path, `styleplug` the version that installed us. Raises a
-- text for people where there is none, or the interpreter has gone.
function installation.read()
  local file = io.open(FILE, "r")
  local is_read, record = pcall(json.decode, file and file:read("a") or "")
  if file then
    file:close()
  end
  if not is_read or record.state ~= "complete" then
    error(("%s is missing, damaged or incomplete. %s"):format(FILE, MEND), 0)
  end
  local interpreter = io.open(record.interpreter, "r")
  if not interpreter then
    local gone = "The Python that styleplug was installed in isn't there any more: %s. Install"
      .. " styleplug again, with: pip install 'styleplug[cpu]'. %s"
    error(gone:format(record.interpreter, MEND), 0)
  end
  interpreter:close()
  return record
end

return installation
