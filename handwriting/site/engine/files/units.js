// Units of length and of time in ink files. The twin of handwriting/formats/units.py and times.py.

import { median } from "../numbers.js";

const MILLIMETRES = {
  m: 1000, cm: 10, mm: 1, um: 0.001, in: 25.4, inch: 25.4, pt: 25.4 / 72, pc: 25.4 / 6, px: 25.4 / 96, q: 0.25,
  himetric: 0.01, twip: 25.4 / 1440,
};
const UNITS = [1, 1e-3, 1e-6, 1e-9]; // seconds, that time stamps may be in
const DATES = [5e8, 5e9]; // seconds since 1970 between which ink was written
const SLOWEST = 1, FASTEST = 1e-4; // seconds between two samples of a pen

/** The length of a unit, such as "cm" or "1/1000 in", in millimetres; null for one that is unknown. */
export function millimetres(unit) {
  const name = (unit ?? "").trim().toLowerCase(), fraction = name.match(/^1\/(\d{1,7})\s*([a-z]+)$/);
  if (fraction && Number(fraction[1])) return MILLIMETRES[fraction[2]] ? MILLIMETRES[fraction[2]] / Number(fraction[1]) : null;
  return Object.hasOwn(MILLIMETRES, name) ? MILLIMETRES[name] : null;
}

/** The seconds of a unit of the time stamps `t` of a format whose stamps are in `unit` seconds. */
export function secondsOf(t, unit) {
  const largest = t.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const sampled = UNITS.filter((candidate) => isSampled(t, candidate));
  for (const candidate of UNITS) {
    const dated = largest * candidate >= DATES[0] && largest * candidate <= DATES[1];
    if (dated && (candidate !== 1 || unit === 1 || sampled.includes(1))) return candidate;
  }
  return !sampled.length || sampled.includes(unit) ? unit : Math.max(...sampled);
}

/** Whether the median step between points is one that a pen's sensor takes. */
function isSampled(t, unit) {
  const steps = [];
  for (let i = 1; i < t.length; i++) if (t[i] > t[i - 1]) steps.push((t[i] - t[i - 1]) * unit);
  const middle = steps.length ? median(steps) : NaN;
  return middle >= FASTEST && middle <= SLOWEST;
}

/** Seconds since 1970 of an ISO 8601 date, in UTC unless it names a zone; NaN for anything else. */
export function secondsOfDate(text) {
  const iso = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/i.exec(String(text).trim());
  return iso ? Date.parse(iso[1] && !iso[4] ? `${iso[0]}Z` : iso[0]) / 1000 : NaN;
}
