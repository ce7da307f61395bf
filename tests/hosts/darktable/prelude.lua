-- What the scripts of the tests begin with. A script runs beside darktable, and ends it; its `answer`
-- is written into a file.
local dt = require "darktable"
local Worker = require "styleplug/worker"
local catalogue = require "styleplug/catalogue"
local files = require "styleplug/files"
local json = require "styleplug/json"
local messages = require "styleplug/messages"
local settings = require "styleplug/settings"

local folder -- the test's own
local photos = {} -- those of the test, which are selected
local answer = { told = {} }
local ended_runs = 0
local tell = messages.tell
messages.tell = function(text)
  table.insert(answer.told, text)
  ended_runs = ended_runs + (text:find("pictures painted", 1, true) and 1 or 0)
  tell(text)
end

local function wait_for(what)
  while not what() do
    dt.control.sleep(50)
  end
end

local function wait_for_told(number)
  wait_for(function() return #answer.told >= number end)
end

local function list_paintings()
  settings.offer(catalogue.read())
end

local function choose(value)
  local widget = settings.widget[1]
  for index = 1, #widget do
    if widget[index] == value then
      widget.selected = index
    end
  end
end

local function export()
  dt.gui.action("lib/export/export", 0, "", "", 1.0)
end

local function act()
  dt.gui.action("lua/style transfer of the selected pictures", 0, "", "", 1.0)
end

-- All pictures of the library: file, that of the group's leader, and tags.
local function library()
  local all = {}
  for _, image in ipairs(dt.database) do
    local tags = {}
    for _, tag in ipairs(dt.tags.get_tags(image)) do
      tags[#tags + 1] = tag.name
    end
    local leader = image.group_leader
    all[#all + 1] = {
      file = image.path .. "/" .. image.filename,
      leader = leader.path .. "/" .. leader.filename,
      tags = tags,
    }
  end
  return all
end

-- Tell those outside: that the script has begun, or what a person is to click.
local function tell_outside(name)
  io.open(folder .. "/" .. name, "w"):close()
end

-- A job runs once it has told of progress.
local has_progress = false
local receive = Worker.receive
function Worker.receive(...)
  local message = receive(...)
  has_progress = has_progress or message.type == "progress"
  return message
end

local function wait_for_job()
  wait_for(function() return has_progress end)
end

-- So often a person's mouse has to come to the first photograph, or leave it, until darktable surely
-- serves its window. A click before that would be lost.
local OFTEN = 4

local function perform(script)
  tell_outside("begun")
  dt.gui.selection(photos)
  local is_done, problem = pcall(script)
  if not is_done then
    answer.problem = tostring(problem)
  end
  local to = io.open(folder .. "/answer.json", "w")
  to:write(json.encode(answer))
  to:close()
  os.exit(0)
end

local function run(folder_of_test, paths, script)
  folder = folder_of_test
  for index, path in ipairs(paths) do
    photos[index] = dt.database.import(path)
  end
  local noticed = 0
  dt.register_event("test", "mouse-over-image-changed", function()
    noticed = noticed + 1
    if noticed == OFTEN then
      perform(script)
    end
  end)
end
