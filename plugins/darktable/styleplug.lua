--[[
Style transfer in darktable: photographs in the manner of a painting, or through a filter.

An export storage, and an action on the selected pictures. Both develop a picture, have styleplug's
own process paint it, and import the result beside the original, grouped with it.

`styleplug hosts install darktable` puts this folder into lua/ of darktable's configuration folder
and requires this file in its luarc. README.md of styleplug's plugins/darktable says more.
]]

local dt = require "darktable"

local _ = dt.gettext.gettext

local API = 9 -- of darktable 4.2
if dt.configuration.api_version_major < API then
  dt.print(_("styleplug needs darktable 4.2 or newer"))
  return
end

local catalogue = require "styleplug/catalogue"
local files = require "styleplug/files"
local messages = require "styleplug/messages"
local run = require "styleplug/run"
local settings = require "styleplug/settings"

local ID = "styleplug"
local QUALITY = 95 -- of the action's results, in JPEG

-- What is set, or nil once people know what is amiss.
local function read_settings()
  local is_done, name, request = pcall(settings.read)
  if is_done then
    return { name = name, request = request }
  end
  messages.warn("styleplug: " .. name)
end

-- Before any picture is exported, of which there are none where nothing could be painted.
local function initialize(_, format, _, _, extra)
  extra.settings = read_settings()
  if extra.settings and not catalogue.supports(format.extension) then
    messages.warn(("styleplug: .%s can't be both read and written"):format(format.extension))
    extra.settings = nil
  end
  return not extra.settings and {} or nil
end

-- Pictures of one name from several folders are exported into one file: each gets a name of its own
-- at once, before the next one comes.
local function store(_, image, format, file, _, _, _, extra)
  local path = files.free_name(file:match("^.*/") .. "styleplug", format.extension)
  assert(os.rename(file, path))
  extra[#extra + 1] = {
    original = image,
    format = catalogue.format(format.extension),
    extension = format.extension,
    export = function() return path end,
    discard = function() os.remove(path) end,
  }
end

local function finalize(_, _, extra)
  if #extra > 0 then
    run.paint(extra, extra.settings.name, extra.settings.request)
  end
end

local function supported(_, format)
  return catalogue.supports(format.extension)
end

local function selected(image)
  return {
    original = image,
    format = "jpeg",
    extension = "jpg",
    export = function(folder)
      local jpeg = dt.new_format("jpeg")
      jpeg.quality = QUALITY
      local path = folder .. "/photo.jpg"
      jpeg:write_image(image, path, false) -- what it returns isn't whether it succeeded
      return path
    end,
    discard = function() end,
  }
end

local function paint_selection()
  local set = read_settings()
  if not set then
    return
  end
  local pictures = {}
  for _, image in ipairs(dt.gui.selection()) do
    pictures[#pictures + 1] = selected(image)
  end
  if #pictures == 0 then
    messages.tell(_("styleplug: no picture is selected"))
    return
  end
  run.paint(pictures, set.name, set.request)
end

local function list_paintings()
  local is_done, result = pcall(catalogue.read)
  if is_done then
    settings.offer(result)
  else
    messages.warn("styleplug: " .. tostring(result))
  end
end

local known = catalogue.known()
if known then
  settings.offer(known)
end

dt.register_storage(
  ID, _("styleplug"), store, finalize, supported, initialize,
  dt.new_widget("box") {
    orientation = "vertical",
    settings.widget,
    dt.new_widget("button") {
      label = _("list paintings"),
      tooltip = _("ask styleplug for its paintings and filters, such as those that were added"),
      clicked_callback = list_paintings,
    },
  }
)
dt.gui.libs.image.register_action(
  ID, _("style transfer"), paint_selection,
  _("paint the selected pictures as set in the export module's storage “styleplug”")
)
dt.register_event(ID, "shortcut", paint_selection, _("style transfer of the selected pictures"))

local script_data = {
  metadata = {
    name = "styleplug",
    purpose = _("photographs in the manner of a painting, or through a filter"),
    author = "the styleplug contributors",
    help = "plugins/darktable/README.md",
  },
}

function script_data.destroy()
  dt.destroy_storage(ID)
  dt.gui.libs.image.destroy_action(ID)
  dt.destroy_event(ID, "shortcut")
end

return script_data
