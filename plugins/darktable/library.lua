--[[ New pictures in darktable's library. ]]

local dt = require "darktable"

local library = {}

-- Attach the user's own tags of a picture to another.
local function copy_tags(from, to)
  for _, tag in ipairs(dt.tags.get_tags(from)) do
    if tag.name:sub(1, 10) ~= "darktable|" then
      dt.tags.attach(tag, to)
    end
  end
end

--- Import a file that was made from a picture: grouped with it, with its tags and one of ours.
function library.add(path, original, name)
  local image = dt.database.import(path)
  copy_tags(original, image)
  dt.tags.attach(dt.tags.create("styleplug|" .. name), image)
  image:group_with(original.group_leader)
end

return library
