--[[
What to paint with and how: the widgets in the export module, whose values darktable remembers.

They are built from the worker's catalogue, so that names, ranges, defaults and explanations stand in
styleplug alone.
]]

local dt = require "darktable"

local _ = dt.gettext.gettext

local SCRIPT = "styleplug" -- the name that darktable files our preferences under
local FILTER = "filter: "
local SLIDERS = { "strength", "size" } -- those options that have one
local RESOLUTIONS = { "auto", "size", "photo" } -- a number of pixels is for the command line
local USUAL = 2048 -- where a slider ends; larger numbers can be typed
local JOBS = { "stylize", "filter" } -- in the order of the stack's pages

local settings = {
  --- What is set with; empty until there is a catalogue.
  widget = dt.new_widget("box") { orientation = "vertical" },
}

local choice, presets, resolution, sliders

local function remembered(name)
  local value = dt.preferences.read(SCRIPT, name, "string")
  return value ~= "" and value or nil
end

local function remember(name, value)
  dt.preferences.write(SCRIPT, name, "string", tostring(value))
end

local function combobox(name, label, tooltip, entries)
  local widget = dt.new_widget("combobox") {
    label = label,
    tooltip = tooltip,
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

-- What the catalogue says of an option that a job has.
local function described(job, catalogue, name)
  for _, option in ipairs(catalogue.options) do
    if option.name == name and (option.jobs[1] == job or option.jobs[2] == job) then
      return option
    end
  end
end

-- The widgets of a job's options, below each other.
local function page(job, catalogue, ...)
  local box = dt.new_widget("box") { orientation = "vertical", ... }
  for _, name in ipairs(SLIDERS) do
    local option = described(job, catalogue, name)
    if option then
      sliders[job][name] = slider(job, option)
      box[#box + 1] = sliders[job][name].widget
    end
  end
  return box
end

-- The name of the painting or filter, and the type of the worker's job.
local function chosen(choice)
  local filter = choice.value:match("^" .. FILTER .. "(.*)$")
  return filter or choice.value, filter and "filter" or "stylize"
end

local function names(items, prefix, into)
  for _, item in ipairs(items) do
    into[#into + 1] = prefix .. item.name
  end
  return into
end

-- A line for each of the items, as a tooltip.
local function explained(items, prefix, text)
  local lines = {}
  for index, item in ipairs(items) do
    lines[index] = ("%s%s: %s"):format(prefix, item.name, item[text])
  end
  return table.concat(lines, "\n")
end

--- Build the widgets, from the worker's catalogue.
function settings.offer(catalogue)
  sliders = { stylize = {}, filter = {} }
  presets = combobox(
    "preset", _("preset"), explained(catalogue.presets, "", "help"), names(catalogue.presets, "", {})
  )
  resolution = combobox(
    "resolution", _("resolution"), described(JOBS[1], catalogue, "resolution").help, RESOLUTIONS
  )
  local pages = dt.new_widget("stack") {
    page(JOBS[1], catalogue, presets, resolution),
    page(JOBS[2], catalogue),
  }
  choice = combobox(
    "choice", _("paint with"),
    explained(catalogue.styles, "", "title") .. "\n"
      .. explained(catalogue.filters, FILTER, "description"),
    names(catalogue.filters, FILTER, names(catalogue.styles, "", {}))
  )
  local function show_page(changed)
    local _, job = chosen(changed)
    pages.active = job == JOBS[1] and 1 or 2
  end
  show_page(choice)
  choice.changed_callback = show_page -- only now: what is remembered is no change
  while #settings.widget > 0 do
    settings.widget[#settings.widget] = nil
  end
  settings.widget[1] = choice
  settings.widget[2] = pages
end

--- What is set, which is remembered: the name of the painting or filter, and the worker's request
-- but for id and pictures. Raises a text for people where there is no catalogue yet.
function settings.read()
  if not choice then
    error(_("press “list paintings” in the export module first; its target storage is “styleplug”"), 0)
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
  remember("resolution", resolution.value)
  options.resolution = resolution.value
  local paintings = { { name = name } }
  return name, { type = job, paintings = paintings, preset = presets.value, options = options }
end

return settings
