--[[
A run: pictures, one after the other, from darktable through the worker and back.

A picture is a table: `original` is the picture in the library; `export(folder)` returns the path of
a file of it, as developed, which may be made in the folder; `format` is how the worker calls the
format of the result, and `extension` that of its file.
]]

local dt = require "darktable"
local Worker = require "styleplug/worker"
local files = require "styleplug/files"
local library = require "styleplug/library"
local messages = require "styleplug/messages"

local run = {}

-- Have the worker paint a picture in a folder of its own; returns the result's path.
local function paint(worker, id, picture, request, watch)
  worker:send { type = "open", id = id }
  local folder = worker:receive(id, watch.is_cancelled).folder
  local photo = { path = picture.export(folder) }
  local job = { id = id, photo = photo, result = { format = picture.format } }
  for field, value in pairs(request) do
    job[field] = value
  end
  worker:send(job)
  while true do
    local answer = worker:receive(id, watch.is_cancelled)
    if answer.type == "progress" then
      watch.progress(answer.fraction)
    elseif answer.type == "failed" then
      error(answer.message, 0)
    elseif answer.type == "finished" then
      return answer.result.path
    end
  end
end

-- Put a result beside its original, and into the library.
local function keep(result, picture, name)
  local original = picture.original
  local stem = original.filename:gsub("%.[^.]*$", "") .. "-" .. files.sanitized(name)
  local target = files.free_name(original.path .. "/" .. stem, picture.extension)
  files.copy(result, target)
  library.add(target, original, name)
end

-- Paint pictures; returns how many were. What befalls one leaves the others alone.
local function paint_all(worker, pictures, name, request, watch)
  local painted = 0
  for index, picture in ipairs(pictures) do
    local id = worker:new_id()
    local one = {
      is_cancelled = watch.is_cancelled,
      progress = function(fraction) watch.progress((index - 1 + fraction) / #pictures) end,
    }
    local is_done, problem = pcall(function()
      keep(paint(worker, id, picture, request, one), picture, name)
    end)
    worker:send { type = "close", id = id }
    if is_done then
      painted = painted + 1
    elseif problem == Worker.CANCELLED or worker.ended then
      error(problem, 0)
    else
      messages.warn(("styleplug: %s: %s"):format(picture.original.filename, problem))
    end
    one.progress(1)
  end
  return painted
end

--- Paint pictures in the background. The name of a painting or filter, and the worker's request, are
-- those of `settings.read`.
function run.paint(pictures, name, request)
  dt.control.dispatch(function()
    local is_cancelled = false
    local title = ("styleplug: %s (%d)"):format(name, #pictures)
    local bar = dt.gui.create_job(title, true, function() is_cancelled = true end)
    local watch = {
      is_cancelled = function() return is_cancelled end,
      progress = function(fraction) bar.percent = fraction end,
    }
    local is_done, result = pcall(Worker.use, function(worker)
      return paint_all(worker, pictures, name, request, watch)
    end)
    bar.valid = false
    for _, picture in ipairs(pictures) do
      picture.discard()
    end
    if is_done then
      messages.tell(("styleplug: %d of %d pictures painted"):format(result, #pictures))
    elseif result == Worker.CANCELLED then
      messages.tell("styleplug: cancelled")
    else
      messages.warn("styleplug: " .. result)
    end
  end)
end

return run
