-- Transcribes handwriting with the command `handwriting transcribe` and sets what it says as a text box below the ink.
--
-- The selection is transcribed, or the current layer when nothing is selected. Needs Xournal++ 1.2 or newer. Versions
-- before 1.3 cannot create text boxes for plugins, so there the text is shown, and pasted from the clipboard.

-- The command to call, with its path if it is not on the PATH: "/opt/handwriting/bin/handwriting".
local COMMAND = os.getenv("HANDWRITING_COMMAND") or "handwriting"
-- Sizes in points: the distance between ink and text, and the smallest and largest font.
local GAP, SMALLEST, LARGEST = 6, 8, 40
-- Programs that copy what they read to the clipboard.
local WINDOWS = package.config:sub(1, 1) == "\\"
local CLIPBOARDS = WINDOWS and {"clip"} or {"wl-copy", "xclip -selection clipboard", "xsel --clipboard --input", "pbcopy"}
local NOWHERE = WINDOWS and "nul" or "/dev/null"

function initUi()
  app.registerUi({
    ["menu"] = "Transcribe handwriting",
    ["callback"] = "transcribe",
    ["accelerator"] = "<Shift><Alt>h",
  })
end

function transcribe()
  if not app.getStrokes then
    return show("Transcribing handwriting needs Xournal++ 1.2 or newer.")
  end
  local strokes = pen_strokes()
  if #strokes == 0 then
    return show("There is no handwriting: draw with the pen, or select something drawn with it.")
  end
  local text, reason = run(strokes)
  if not text then
    return show("The handwriting was not transcribed: " .. reason)
  end
  if text == "" then
    return show("The handwriting could not be read as text.")
  end
  if app.addTexts then
    add_below(strokes, text)
  elseif copy(text) then
    -- Xournal++ learns of the new clipboard while the question is on the screen.
    if app.msgbox(text, {[1] = "Insert", [2] = "Cancel"}) == 1 then
      app.uiAction({["action"] = "ACTION_PASTE"})
    end
  else
    show("Install wl-clipboard, xclip or xsel, so that the text can be pasted. It reads:\n" .. text)
  end
end

-- Set the text below the strokes, in a font of about their size.
function add_below(strokes, text)
  local left, top, bottom = edges(strokes)
  app.addTexts({
    ["texts"] = {{
      ["text"] = text,
      ["font"] = {["name"] = "Sans", ["size"] = font_size(bottom - top, text)},
      ["color"] = 0x000000,
      ["x"] = left,
      ["y"] = bottom + GAP,
    }},
    ["allowUndoRedoAction"] = "grouped",
  })
  app.refreshPage()
end

-- Put the text on the clipboard, with the first program that can; returns whether one could.
function copy(text)
  local name = os.tmpname()
  local file = assert(io.open(name, "w"))
  file:write(text)
  file:close()
  local done = false
  for _, program in ipairs(CLIPBOARDS) do
    local status = os.execute(program .. " < " .. quote(name) .. " > " .. NOWHERE .. " 2>&1")
    done = status == true or status == 0
    if done then
      break
    end
  end
  os.remove(name)
  return done
end

-- The strokes of the pen in the selection, or else in the current layer.
function pen_strokes()
  for _, kind in ipairs({"selection", "layer"}) do
    local known, strokes = pcall(app.getStrokes, kind)
    local drawn = {}
    for _, stroke in ipairs(known and strokes or {}) do
      if stroke.tool == nil or stroke.tool == "pen" then
        table.insert(drawn, stroke)
      end
    end
    if #drawn > 0 then
      return drawn
    end
  end
  return {}
end

-- What the strokes say; or nil, and the reason.
function run(strokes)
  local base = os.tmpname()
  local input, output, errors = base .. ".json", base .. ".txt", base .. ".err"
  local file = assert(io.open(input, "w"))
  file:write(json(strokes))
  file:close()
  local command = quote(COMMAND) .. " transcribe " .. quote(input) .. " > " .. quote(output) .. " 2> " .. quote(errors)
  if WINDOWS then
    command = '"' .. command .. '"' -- cmd.exe removes the outer quotes
  end
  local done = os.execute(command)
  local text, reason = contents(output), contents(errors):match("[^\n]+") or "the command " .. COMMAND .. " failed"
  for _, name in ipairs({base, input, output, errors}) do
    os.remove(name)
  end
  if done ~= true and done ~= 0 then
    return nil, reason
  end
  return (text:gsub("%s+$", ""))
end

-- The strokes in the JSON of the Web Handwriting Recognition API.
function json(strokes)
  local parts = {}
  for _, stroke in ipairs(strokes) do
    local points = {}
    for i = 1, #stroke.x do
      table.insert(points, '{"x":' .. number(stroke.x[i]) .. ',"y":' .. number(stroke.y[i]) .. "}")
    end
    table.insert(parts, '{"points":[' .. table.concat(points, ",") .. "]}")
  end
  return '{"units":"pt","strokes":[' .. table.concat(parts, ",") .. "]}"
end

-- A number with a point, also where the language of the desktop has a comma.
function number(value)
  return (string.format("%.3f", value):gsub(",", "."))
end

-- The left, upper and lower edge of the strokes.
function edges(strokes)
  local left, top, bottom = math.huge, math.huge, -math.huge
  for _, stroke in ipairs(strokes) do
    for i = 1, #stroke.x do
      left = math.min(left, stroke.x[i])
      top, bottom = math.min(top, stroke.y[i]), math.max(bottom, stroke.y[i])
    end
  end
  return left, top, bottom
end

-- A font about as large as writing of this height with as many lines as the text.
function font_size(height, text)
  local _, breaks = text:gsub("\n", "")
  return math.max(SMALLEST, math.min(LARGEST, 0.5 * height / (breaks + 1)))
end

function contents(name)
  local file = io.open(name, "r")
  if not file then
    return ""
  end
  local text = file:read("*a")
  file:close()
  return text
end

function quote(word)
  if WINDOWS then
    return '"' .. word .. '"'
  end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

function show(message)
  if app.openDialog then
    app.openDialog(message, {"OK"}, "", true)
  else
    app.msgbox(message, {[1] = "OK"})
  end
end
