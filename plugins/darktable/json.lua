--[[ JSON, as far as styleplug's worker speaks it: of a text, one value; of a table, one line. ]]

local json = {}

local ESCAPED = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local LITERALS = { ["true"] = true, ["false"] = false, ["null"] = "nil" }

local function unescape(raw)
  local high -- the first half of a character beyond the 16 bits of \u
  return (raw:gsub("\\(.)(%x?%x?%x?%x?)", function(letter, digits)
    if letter ~= "u" then
      return (ESCAPED[letter] or letter) .. digits
    end
    local code = tonumber(digits, 16)
    if code >= 0xD800 and code < 0xDC00 then
      high = code
      return ""
    end
    if code >= 0xDC00 and code < 0xE000 then
      if not high then
        return string.char(code & 0xFF) -- Python's way to write a byte that is no UTF-8
      end
      code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), nil
    end
    return utf8.char(code)
  end))
end

-- Each reader takes the text and where the value begins, and returns the value and where to go on.
local read_value

local function after_spaces(text, at)
  return text:find("%S", at) or #text + 1
end

local function read_string(text, at)
  local stop = at + 1
  while true do
    stop = text:find('[\\"]', stop) or error("a text without an end", 0)
    if text:byte(stop) == 34 then -- a quotation mark
      return unescape(text:sub(at + 1, stop - 1)), stop + 1
    end
    stop = stop + 2
  end
end

local function read_object(text, at)
  local object, key = {}, nil
  at = after_spaces(text, at + 1)
  while text:sub(at, at) ~= "}" do
    key, at = read_string(text, after_spaces(text, at))
    at = after_spaces(text, at) + 1 -- the colon
    object[key], at = read_value(text, at)
    at = after_spaces(text, at)
    if text:sub(at, at) == "," then
      at = after_spaces(text, at + 1)
    end
  end
  return object, at + 1
end

local function read_array(text, at)
  local array = {}
  at = after_spaces(text, at + 1)
  while text:sub(at, at) ~= "]" do
    array[#array + 1], at = read_value(text, at)
    at = after_spaces(text, at)
    if text:sub(at, at) == "," then
      at = after_spaces(text, at + 1)
    end
  end
  return array, at + 1
end

read_value = function(text, at)
  at = after_spaces(text, at)
  local first = text:sub(at, at)
  if first == '"' then
    return read_string(text, at)
  elseif first == "{" then
    return read_object(text, at)
  elseif first == "[" then
    return read_array(text, at)
  end
  local word = text:match("^[%w.+-]+", at) or error("no value at " .. at, 0)
  local value = LITERALS[word]
  if value == nil then
    value = tonumber(word) or error("no value: " .. word, 0)
  elseif value == "nil" then
    value = nil
  end
  return value, at + #word
end

--- The value that a text stands for; null is nil. Raises an error where it is no JSON.
function json.decode(text)
  return (read_value(text, 1))
end

--- A line of JSON. A table with a first element is an array, any other an object.
function json.encode(value)
  if type(value) == "string" then
    local escaped = value:gsub('[%c"\\]', function(character)
      return string.format("\\u%04x", character:byte())
    end)
    return '"' .. escaped .. '"'
  elseif type(value) ~= "table" then
    return tostring(value)
  end
  local parts = {}
  if value[1] ~= nil then
    for _, element in ipairs(value) do
      parts[#parts + 1] = json.encode(element)
    end
    return "[" .. table.concat(parts, ", ") .. "]"
  end
  for key, element in pairs(value) do
    parts[#parts + 1] = json.encode(key) .. ": " .. json.encode(element)
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

return json
