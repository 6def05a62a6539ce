// Small numeric helpers, with the conventions of NumPy.

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
export const length = (x, y) => Math.sqrt(x * x + y * y);
export const sum = (values) => values.reduce((total, value) => total + value, 0);
export const range = (count) => Array.from({ length: count }, (_, i) => i);
export const linspace = (first, last, count) => range(count).map((i) => (i === count - 1 ? last : first + (i * (last - first)) / (count - 1)));
export const max = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
export const min = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);

export function dot(a, b) {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

/** The numbers of the elements for which `test` holds. */
export function where(values, test = (value) => value) {
  const found = [];
  values.forEach((value, i) => test(value, i) && found.push(i));
  return found;
}

/** The numbers of the elements in rising order of `key`; equal ones keep their order. */
export const argsort = (values, key = (value) => value) => range(values.length).sort((a, b) => key(values[a]) - key(values[b]) || a - b);

export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A quantile, with linear interpolation. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1), low = Math.floor(at), high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

/** The number of the first element of a sorted array that is at least `wanted`. */
export function searchsorted(sorted, wanted, low = 0, high = sorted.length) {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The weighted median. */
export function weightedMedian(values, weights) {
  const order = argsort(values);
  const total = new Float64Array(order.length);
  let before = 0;
  order.forEach((i, k) => (total[k] = before += weights[i]));
  return values[order[searchsorted(total, before / 2)]];
}

/** The value of a piecewise linear function through points of rising x; it is constant beyond them. */
export function interpolate(at, x, y) {
  const last = x.length - 1;
  if (!(at > x[0])) return y[0];
  if (at >= x[last]) return y[last];
  const i = searchsorted(x, at, 0, last + 1);
  if (x[i] === at) return y[i];
  return y[i - 1] + ((y[i] - y[i - 1]) / (x[i] - x[i - 1])) * (at - x[i - 1]);
}

export function logAddExp(a, b) {
  if (a === -Infinity) return b;
  if (b === -Infinity) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}
