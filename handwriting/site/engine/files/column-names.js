// What the columns of a table of points are called, and the words in them that say what a pen does. The twin of
// handwriting/formats/column_names.py, which says how names are compared.

const NAMES = { // the surest first
  x: [
    "x", "px", "posx", "xpos", "xposition", "positionx", "xcoord", "xcoordinate", "coordx", "xkoordinate", "xmm", "xpx", "xpixel",
    "clientx", "pagex", "offsetx", "screenx", "locationx", "x坐标", "坐标x", "x座標",
  ],
  y: [
    "y", "py", "posy", "ypos", "yposition", "positiony", "ycoord", "ycoordinate", "coordy", "ykoordinate", "ymm", "ypx", "ypixel",
    "clienty", "pagey", "offsety", "screeny", "locationy", "y坐标", "坐标y", "y座標",
  ],
  t: [
    "t", "time", "times", "seconds", "sec", "ts", "timestamp", "timeseconds", "timesec", "elapsed", "zeit", "zeitstempel",
    "temps", "tiempo", "tempo", "tijd", "tid", "czas", "время", "时间", "時間",
  ],
  ms: ["ms", "tms", "timems", "timestampms", "milliseconds", "timemilliseconds", "elapsedms", "zeitms", "tempsms", "tiempoms"],
  us: ["us", "tus", "timeus", "timestampus", "microseconds", "μs", "timeμs"],
  ns: ["ns", "tns", "timens", "timestampns", "nanoseconds"],
  stroke: [
    "stroke", "strokeid", "idstroke", "strokenumber", "strokeno", "strokenr", "strokenum", "strokeindex", "strokecount", "trace", "traceid", "s", "strich", "strichnr", "strichnummer",
    "trait", "trazo", "tratto", "traco", "streek", "штрих", "笔画", "筆画", "ストローク",
  ],
  page: ["page", "pageno", "pagenumber", "pageindex", "pageid", "seite"],
  pressure: [
    "pressure", "p", "force", "f", "penpressure", "tippressure", "druck", "pression", "presion", "pressione", "pressao", "druk",
    "давление", "压力", "筆圧",
  ],
  down: [
    "pendown", "isdown", "ispendown", "down", "penstate", "penstatus", "state", "status", "contact", "incontact", "touching", "istouching", "touch", "pressed", "ispressed", "tip",
    "tipswitch", "tipdown", "onpaper", "onsurface", "buttons", "button", "buttonstatus", "buttonstate", "pen",
  ],
  up: [
    "penup", "ispenup", "up", "inair", "hover", "hovering", "ishovering", "eos", "endofstroke", "strokeend", "isend", "end",
    "islast", "last", "lift", "penlift", "e",
  ],
  first: ["newstroke", "isnewstroke", "new", "isfirst", "first", "strokestart", "isstart", "start", "begin"],
  eraser: ["eraser", "iseraser", "erasing", "iserasing", "erase", "erased", "iserased", "deleted", "isdeleted"],
  opacity: ["opacity", "alpha", "visible", "isvisible"],
  event: ["event", "eventtype", "eventname", "action", "phase", "type", "e"],
};
const TOOLS = ["tool", "tooltype", "toolname", "pentype", "penname", "pointertype", "brush", "brushtype", "stroketype", "inktype", "pen", "type", "mode", "device"];
const GROUPS = [ // what a stroke belongs to
  "char", "character", "letter", "glyph", "symbol", "digit", "word", "line", "row", "sample", "segment", "group",
  "label", "text", "item", "instance", "example", "file", "document", "doc", "session", "trial", "repetition",
  "signature", "writer", "user", "id", "buchstabe", "zeichen", "wort", "zeile", "lettre", "mot", "ligne", "letra",
  "palabra", "linea", "字", "字符", "文字", "行",
];
const EVENTS = { // what the names of events end with
  down: ["down", "start", "started", "begin", "began", "press", "pressed"],
  move: ["move", "moved", "drag", "dragged", "update", "changed", "continue"],
  up: ["up", "end", "ended", "cancel", "canceled", "cancelled", "release", "released", "leave", "lift", "lifted"],
  hover: ["air", "enter", "out"],
};
const ANDROID = { 0: "down", 1: "up", 2: "move", 3: "up" }; // actions of its motion events

/** A name without case, accents, spaces, and signs. */
export const plain = (name) => name.slice(0, 60).toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");

/** The place of each known column; a unit in brackets may belong to the name. */
export function columnsOf(names) {
  const whole = names.map(plain), bare = names.map((name) => plain(name.slice(0, 60).trim().replace(/[([].{0,20}[)\]]\s*$/, "")));
  const places = (known) => known.flatMap((name) => [whole.indexOf(name), bare.indexOf(name)]);
  const found = Object.entries(NAMES).map(([key, known]) => [key, places(known).find((at) => at >= 0)]);
  return new Map(found.filter(([, at]) => at !== undefined));
}

/** The places of the columns that may name an eraser or a highlighter. */
export const toolsOf = (names) => [...names.keys()].filter((at) => TOOLS.includes(plain(names[at])));

/** Whether a column says or numbers what a stroke belongs to, such as word_id. */
export const isGroup = (name) => GROUPS.includes(plain(name).replace(/(?<=.)(id|index|idx|no|nr|num|number|name|label)$/, ""));

/** What each value of a column of events means, one of the keys of EVENTS, or nothing. */
export function eventsOf(values) {
  const distinct = new Set(values), numbered = distinct.has("0") && distinct.has("2") && [...distinct].every((value) => Object.hasOwn(ANDROID, value));
  const meanings = new Map([...distinct].map((value) => [value, numbered ? ANDROID[value] : meaningOf(plain(value))]));
  return values.map((value) => meanings.get(value));
}

function meaningOf(word) {
  if (word.includes("hover")) return "hover";
  return Object.keys(EVENTS).find((meaning) => EVENTS[meaning].some((ending) => word.endsWith(ending))) ?? "";
}
