--[[
styleplug's own process, and the lines of JSON that the plug-in speaks with it.

Lua has no pipe that can be both written and read. So the worker reads from a pipe, and writes into
files, which are looked at again and again, with pauses in which darktable goes on. When darktable
ends, in whatever way, the pipe closes: the worker then ends its jobs and removes their files.
]]

local dt = require "darktable"
local installation = require "styleplug/installation"
local json = require "styleplug/json"

local PROTOCOL = 1
local PAUSE = 100 -- milliseconds

local Worker = {}
Worker.__index = Worker

--- What `Worker:receive` raises where the work isn't wanted any more.
Worker.CANCELLED = setmetatable({}, { __tostring = function() return "cancelled" end })

-- The `printf` tells of the worker's end. Then `cat` reads on, for to write into a pipe that nobody
-- reads would end darktable. The last line is reached when the pipe closes.
local COMMAND = [[
%s -P -m styleplug worker >%s 2>%s
printf '\n{"type": "ended", "code": %%d}\n' $? >>%s
cat >/dev/null
rm -f %s %s
]]

local function quoted(text)
  return "'" .. text:gsub("'", [['\'']]) .. "'"
end

-- Start a worker, which has to be stopped.
local function start()
  local interpreter = installation.read().interpreter
  local self = setmetatable({ buffer = "", last_id = 0 }, Worker)
  local answers, complaints = os.tmpname(), os.tmpname()
  self.complaints = complaints
  local command = COMMAND:format(
    quoted(interpreter), answers, complaints, answers, answers, complaints
  )
  self.reader = assert(io.open(answers, "r"))
  self.pipe = assert(io.popen(command, "w"))
  self.pipe:setvbuf("line")
  self:send { type = "hello", protocol = PROTOCOL, client = "darktable " .. dt.configuration.version }
  return self
end

--- Call a function with a new worker, which is stopped after it whatever happens. Raises what the
-- function does, or a text for people.
function Worker.use(work)
  local worker = start()
  local is_done, result = pcall(work, worker)
  worker:stop()
  if not is_done then
    error(result, 0)
  end
  return result
end

--- An id that no request has had.
function Worker:new_id()
  self.last_id = self.last_id + 1
  return tostring(self.last_id)
end

function Worker:send(message)
  self.pipe:write(json.encode(message), "\n")
end

--- Wait for the next message about an id. Raises a text for people where the worker complains or has
-- died, and CANCELLED once `is_cancelled` says so or darktable ends.
function Worker:receive(id, is_cancelled)
  while true do
    local message = self:next_message()
    if not message then
      if dt.control.ending or is_cancelled() then
        error(Worker.CANCELLED)
      end
      dt.control.sleep(PAUSE)
    elseif message.type == "ended" then
      error(self:last_words(message.code), 0)
    elseif message.type == "error" then
      error(message.message, 0)
    elseif message.id == id then
      return message
    end
  end
end

-- Have the worker end its jobs and itself, and remove its files.
function Worker:stop()
  self:send { type = "shutdown" }
  while not self.ended and not dt.control.ending do
    if not self:next_message() then
      dt.control.sleep(PAUSE)
    end
  end
  self.pipe:close()
  self.reader:close()
end

-- The next message that is there, or nil.
function Worker:next_message()
  while true do
    local piece = self.reader:read("L")
    if not piece then
      return nil
    end
    self.buffer = self.buffer .. piece
    if piece:sub(-1) == "\n" then
      local line = self.buffer
      self.buffer = ""
      local is_message, message = pcall(json.decode, line) -- a worker that dies may leave half a line
      if is_message and type(message) == "table" then
        self.ended = self.ended or message.type == "ended"
        return message
      end
    end
  end
end

-- What the worker said before it ended by itself.
function Worker:last_words(code)
  local file = io.open(self.complaints, "r")
  local said = file and file:read("a") or ""
  if file then
    file:close()
  end
  return ("styleplug ended unexpectedly (exit code %d). %s"):format(code, said)
end

return Worker
