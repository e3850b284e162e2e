/**
 * The p99 of a request flow whose hops are independent log-normals, sampled on a shifted Korobov lattice.
 * The twin of `casebook.tail`, which says where the method comes from; a test compares both.
 */
const POINTS = 4093;
const GENERATOR = 1516;
const GOLDEN = 0.6180339887498949;
const Z99 = 2.3263478740408408; // the 99 % quantile of the standard normal
const kept = [];

/** Returns one standard normal deviate a point, in a dimension of the lattice. */
function normals(dimension) {
  if (kept[dimension]) return kept[dimension];
  let factor = 1;
  for (let count = 0; count < dimension; count += 1) factor = (factor * GENERATOR) % POINTS;
  const shift = (((dimension + 1) * GOLDEN) % 1) * POINTS;
  const whole = Math.floor(shift);
  const steps = Float64Array.from({ length: POINTS }, (_, step) => inverse((step + shift - whole) / POINTS));
  kept[dimension] = Float64Array.from({ length: POINTS }, (_, point) => steps[(point * factor + whole) % POINTS]);
  return kept[dimension];
}

/** Returns the quantile of the standard normal (Abramowitz and Stegun, 26.2.23: off by less than 0.00045). */
function inverse(share) {
  const t = Math.sqrt(-2 * Math.log(Math.min(share, 1 - share)));
  const x = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return share < 0.5 ? -x : x;
}

/** Returns the 99 % quantile of a flow in seconds; `hops` are lists of the p50 and p99 of each step. */
export function p99(hops) {
  const total = new Float64Array(POINTS);
  let dimension = 0;
  for (const hop of hops) {
    const slowest = new Float64Array(POINTS);
    for (const [median, high] of hop) {
      const spread = median > 0 && median < high ? Math.log(high / median) / Z99 : 0;
      const drawn = normals(dimension);
      for (let point = 0; point < POINTS; point += 1) {
        const time = spread ? median * Math.exp(spread * drawn[point]) : median;
        if (time > slowest[point]) slowest[point] = time;
      }
      dimension += 1;
    }
    for (let point = 0; point < POINTS; point += 1) total[point] += slowest[point];
  }
  return total.sort()[Math.ceil(0.99 * POINTS) - 1];
}
