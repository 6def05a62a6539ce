// Numbers and time stamps as files write them. The twin of number_or_none in handwriting/limits.py and of column in
// handwriting/formats/times.py.

import { secondsOfDate } from "./units.js";

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const MAX_LENGTH = 40; // characters of a number
const MAX_COORDINATE = 1e9;

/** The number that a text is, NaN for anything else. */
export const parsed = (text) => (text.length <= MAX_LENGTH && NUMBER.test(text) ? Number(text) : NaN);

/** The number that a text is, NaN for anything else and for numbers that no coordinate has. */
export function numberOf(text) {
  const value = parsed(text);
  return Math.abs(value) <= MAX_COORDINATE ? value : NaN;
}

/** A time stamp or another value that a point may lack: a number, its text, or a date, which becomes units since 1970. */
export function stampOf(value, unit) {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return NaN;
  const number = parsed(value);
  return Number.isNaN(number) ? secondsOfDate(value) / unit : number;
}
