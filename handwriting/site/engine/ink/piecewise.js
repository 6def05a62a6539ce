// Cut runs of points until every piece fits, then join neighbours. The twin of handwriting/piecewise.py.

const FREE_LEVELS = 16; // below them a piece is halved

/**
 * Pieces { first, last, fitted } of the runs from `first` to `last` points, in order. `fit` returns what was fitted,
 * { good, worst, ... }; pieces of one or two points are not fitted.
 */
export function cut(fit, runs) {
  const done = [];
  const divide = (first, last, level) => {
    if (last - first < 2) return done.push({ first, last, fitted: null });
    const fitted = fit(first, last);
    if (fitted.good) return done.push({ first, last, fitted });
    const middle = level < FREE_LEVELS ? fitted.worst : (first + last) >> 1;
    divide(first, middle, level + 1);
    return divide(middle, last, level + 1);
  };
  for (const [first, last] of runs) divide(first, last, 0);
  return done;
}

/**
 * Join neighbours that fit as one piece: pieces 0 and 1, 2 and 3, … in a round of parity 0, 1 and 2, 3 and 4, … in one of
 * parity 1; not at points that are `fixed`.
 */
export function join(fit, pieces, parities = [0, 1], fixed = () => false) {
  for (const parity of parities) {
    const kept = [];
    for (let i = 0; i < pieces.length; i++) {
      const one = pieces[i], next = pieces[i + 1];
      const fitted = i % 2 === parity && next && one.last === next.first && !fixed(one.last) ? fit(one.first, next.last) : null;
      kept.push(fitted?.good ? { first: one.first, last: next.last, fitted } : one);
      if (fitted?.good) i += 1;
    }
    pieces = kept;
  }
  return pieces;
}
