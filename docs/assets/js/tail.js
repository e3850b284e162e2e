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

/** Returns the quantile of the standard normal, by Acklam's rational approximation: good to 1e-9, relative. */
function inverse(share) {
  const A = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
  const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
  const C = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
  const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
  const series = (terms, x) => terms.reduce((sum, term) => sum * x + term, 0);
  const far = (tail) => {
    const q = Math.sqrt(-2 * Math.log(tail));
    return series(C, q) / series(D, q);
  };
  if (share < 0.02425) return far(share);
  if (share > 1 - 0.02425) return -far(1 - share);
  const q = share - 0.5;
  return (q * series(A, q * q)) / series(B, q * q);
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
