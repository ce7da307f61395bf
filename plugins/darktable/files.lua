--[[ Where results go: names that are free, and copying without anybody seeing half a file. ]]

local files = {}

local MISSING = 2 -- ENOENT; whatever else keeps a file from being opened, its name is taken
local CHUNK = 1 << 20

local function is_free(path)
  local file, _, code = io.open(path, "r+") -- with "r" a pipe of this name would be waited for
  if file then
    file:close()
  end
  return code == MISSING
end

--- A text as a part of a file's name.
function files.sanitized(text)
  return (text:gsub("[/\\%c]", "-"))
end

--- The first of STEM.EXTENSION, STEM_01.EXTENSION ... that is free.
function files.free_name(stem, extension)
  local path, number = ("%s.%s"):format(stem, extension), 0
  while not is_free(path) do
    number = number + 1
    path = ("%s_%02d.%s"):format(stem, number, extension)
  end
  return path
end

-- As `assert`, which would say where in this file.
local function checked(result, problem)
  return result or error(problem, 0)
end

local function copy_content(source, target)
  local from, to = checked(io.open(source, "rb")), checked(io.open(target, "wb"))
  for chunk in from:lines(CHUNK) do
    checked(to:write(chunk))
  end
  from:close()
  checked(to:close()) -- a full disk may show only now
end

--- Copy a file beside the target, then rename it. Raises a text for people.
function files.copy(source, target)
  local folder, name = target:match("^(.*/)(.*)$")
  local partial = ("%s.%s.part"):format(folder, name)
  os.remove(partial) -- if there is one it may be a link, and would be written through
  local is_done, problem = pcall(copy_content, source, partial)
  if is_done then
    is_done, problem = os.rename(partial, target)
  end
  if not is_done then
    os.remove(partial)
    error(("The result can't be written: %s"):format(problem), 0)
  end
end

return files
