--[[ What people are told in darktable's window, and in its log. ]]

local dt = require "darktable"

local messages = {}

local LONGEST = 900 -- bytes; darktable cuts a message short at 1000

--- Show a text, in several messages where it is long.
function messages.tell(text)
  while #text > LONGEST do
    local head = text:sub(1, utf8.offset(text, 0, LONGEST + 1) - 1) -- of whole characters
    head = head:match("^.*%s") or head
    dt.print(head)
    text = text:sub(#head + 1)
  end
  dt.print(text)
end

--- Show what went wrong, and write it into the log of `darktable -d lua`, where it stays.
function messages.warn(text)
  dt.print_error(text)
  messages.tell(text)
end

return messages
