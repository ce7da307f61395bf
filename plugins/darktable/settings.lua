--[[
What to paint with and how: the widgets in the export module, which darktable remembers the values of.

They are built from the worker's catalogue once it is there, so that names, ranges, defaults and
explanations stand in styleplug alone.
]]

local dt = require "darktable"

local _ = dt.gettext.gettext

local SCRIPT = "styleplug" -- the name that darktable files our preferences under
local FILTER = "filter: "
local SLIDERS = { "strength", "size" } -- those options that have one
local USUAL = 2048 -- where a slider ends; larger numbers can be typed
local JOBS = { "stylize", "filter" } -- in the order of the stack's pages

local settings = {
  --- What the storage shows; first that the catalogue isn't there yet.
  widget = dt.new_widget("box") { orientation = "vertical" },
}
local problem = _("styleplug's list of paintings is being read; try again in a moment")
local note = dt.new_widget("label") { label = problem, halign = "start" }
settings.widget[1] = note

local choice, presets, stack
local sliders = { stylize = {}, filter = {} }

local function remembered(name)
  local value = dt.preferences.read(SCRIPT, name, "string")
  return value ~= "" and value or nil
end

local function remember(name, value)
  dt.preferences.write(SCRIPT, name, "string", tostring(value))
end

local function combobox(name, label, tooltip, entries, changed)
  local widget = dt.new_widget("combobox") {
    label = label,
    tooltip = tooltip,
    changed_callback = changed,
    table.unpack(entries),
  }
  for index, entry in ipairs(entries) do
    if entry == remembered(name) then
      widget.selected = index
    end
  end
  return widget
end

local function slider(job, option)
  local is_whole = option.type == "int"
  local widget = dt.new_widget("slider") {
    label = _(option.label:lower()),
    tooltip = option.help,
    hard_min = option.low,
    hard_max = option.high,
    soft_min = option.low,
    soft_max = math.min(option.high, USUAL),
    step = is_whole and 32 or 0.05,
    digits = is_whole and 0 or 2,
  }
  widget.value = tonumber(remembered(job .. "_" .. option.name)) or option.default
  return { widget = widget, is_whole = is_whole }
end

-- The widgets of a job's options, below each other.
local function page(job, catalogue, first)
  local box = dt.new_widget("box") { orientation = "vertical", first }
  for _, name in ipairs(SLIDERS) do
    for _, option in ipairs(catalogue.options) do
      if option.name == name and (option.jobs[1] == job or option.jobs[2] == job) then
        sliders[job][name] = slider(job, option)
        box[#box + 1] = sliders[job][name].widget
      end
    end
  end
  return box
end

-- The name of the painting or filter, and the type of the worker's job.
local function chosen(choice)
  local filter = choice.value:match("^" .. FILTER .. "(.*)$")
  return filter or choice.value, filter and "filter" or "stylize"
end

local function show_page(choice)
  local _, job = chosen(choice)
  stack.active = job == JOBS[1] and 1 or 2
end

local function names(items, prefix, into)
  for _, item in ipairs(items) do
    into[#into + 1] = prefix .. item.name
  end
  return into
end

--- Build the widgets, from the worker's catalogue.
function settings.offer(catalogue)
  local presets_help = {}
  for _, preset in ipairs(catalogue.presets) do
    presets_help[#presets_help + 1] = ("%s: %s"):format(preset.name, preset.help)
  end
  local choices_help = {}
  for _, style in ipairs(catalogue.styles) do
    choices_help[#choices_help + 1] = ("%s: %s"):format(style.name, style.title)
  end
  for _, filter in ipairs(catalogue.filters) do
    choices_help[#choices_help + 1] = ("%s%s: %s"):format(FILTER, filter.name, filter.description)
  end
  presets = combobox(
    "preset", _("preset"), table.concat(presets_help, "\n"), names(catalogue.presets, "", {})
  )
  stack = dt.new_widget("stack") {
    page(JOBS[1], catalogue, presets),
    page(JOBS[2], catalogue),
  }
  choice = combobox(
    "choice", _("paint with"), table.concat(choices_help, "\n"),
    names(catalogue.filters, FILTER, names(catalogue.styles, "", {})), show_page
  )
  settings.widget[1] = nil
  settings.widget[1] = choice
  settings.widget[2] = stack
  show_page(choice)
  problem = nil
end

--- Say in place of the widgets why there are none.
function settings.fail(text)
  problem = text
  note.label = text
end

--- What is set, which is remembered: the name of the painting or filter, and the worker's request
-- but for id and pictures. Raises a text for people where there is nothing to choose from.
function settings.read()
  if problem then
    error(problem, 0)
  end
  local name, job = chosen(choice)
  local options = {}
  for option, slider in pairs(sliders[job]) do
    local value = slider.widget.value
    options[option] = slider.is_whole and math.floor(value + 0.5) or value
    remember(job .. "_" .. option, options[option])
  end
  remember("choice", choice.value)
  if job == "filter" then
    return name, { type = job, filter = name, options = options }
  end
  remember("preset", presets.value)
  local paintings = { { name = name } }
  return name, { type = job, paintings = paintings, preset = presets.value, options = options }
end

return settings
