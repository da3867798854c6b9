// Medians over interleaved slices of time: a disturbance affects all sides alike, so that ratios stay reliable.

const SLICES = 41;
const SLICE_NANOSECONDS = 4e6;

let sink;

function slice(work, calls) {
  const start = process.hrtime.bigint();
  for (let call = 0; call < calls; call += 1) sink = work();
  return Number(process.hrtime.bigint() - start) / calls;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Returns the nanoseconds per call of each given function. */
export function measure(works) {
  const calls = works.map((work) => {
    // This warm-up is long enough for the optimising compiler to compile the function.
    for (let round = 0; round < 3; round += 1) slice(work, 20_000);
    return Math.ceil(SLICE_NANOSECONDS / slice(work, 20_000));
  });
  const times = works.map(() => []);
  for (let round = 0; round < SLICES; round += 1) {
    works.forEach((work, index) => times[index].push(slice(work, calls[index])));
  }
  return times.map(median);
}

export const kept = () => sink;
