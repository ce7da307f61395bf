--[[
What there is to choose from: the worker's catalogue, and what it was the last time.

darktable mustn't wait for a Python when it starts. So the catalogue is read when people press a
button, and kept in a file for all starts after that.
]]

local dt = require "darktable"
local Worker = require "styleplug/worker"
local installation = require "styleplug/installation"
local json = require "styleplug/json"

local FILE = dt.configuration.cache_dir .. "/styleplug.json"

local catalogue = {}

local formats -- the names of those that are both read and written, by extension

local function note_formats(content)
  local read = {}
  formats = {}
  for _, format in ipairs(content.formats or {}) do
    for _, extension in ipairs(format.reads) do
      read[extension] = true
    end
    for _, extension in ipairs(format.writes) do
      formats[extension:sub(2)] = read[extension] and format.name
    end
  end
  return content
end

-- Another environment or version of styleplug may have another catalogue.
local function source()
  local record = installation.read()
  return record.interpreter .. " " .. record.styleplug
end

local function keep(content)
  local file = io.open(FILE, "w")
  if file then -- without it, people press the button again
    file:write(json.encode { source = source(), content = content })
    file:close()
  end
end

--- Ask a worker. Raises a text for people.
function catalogue.read()
  local content = Worker.use(function(worker)
    local id = worker:new_id()
    worker:send { type = "catalogue", id = id }
    local answer = worker:receive(id, function() return false end)
    if answer.type == "failed" then
      error(answer.message, 0)
    end
    return answer
  end)
  keep(content)
  return note_formats(content)
end

--- What it was the last time, or nil.
function catalogue.known()
  local is_known, content = pcall(function()
    local file = assert(io.open(FILE, "r"))
    local kept = json.decode(file:read("a"))
    file:close()
    return kept.source == source() and kept.content or nil
  end)
  return is_known and content and note_formats(content) or nil
end

--- What the worker calls the format of an extension; nil where it doesn't both read and write it.
function catalogue.format(extension)
  return formats and formats[extension]
end

--- Whether a picture of an extension can be painted, as far as that is known: before there is a
-- catalogue none can, and darktable doesn't ask again once there is one.
function catalogue.supports(extension)
  return formats == nil or formats[extension] ~= nil
end

return catalogue
