// Medians over interleaved slices of time: a disturbance affects all sides alike, so that ratios stay reliable.

const SLICES = 41;
const SLICE_NANOSECONDS = 4e6;

let sink;

/** Nanoseconds that a call takes. A promise is awaited, as its caller would do. */
async function slice(work, calls) {
  const start = process.hrtime.bigint();
  for (let call = 0; call < calls; call += 1) {
    sink = work();
    if (sink instanceof Promise) sink = await sink;
  }
  return Number(process.hrtime.bigint() - start) / calls;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Returns how many nanoseconds a call of each function takes. */
export async function measure(works) {
  const calls = [];
  for (const work of works) {
    // The warm-up is long enough for the optimizing compiler.
    for (let round = 0; round < 3; round += 1) await slice(work, 20_000);
    calls.push(Math.ceil(SLICE_NANOSECONDS / (await slice(work, 20_000))));
  }
  const times = works.map(() => []);
  for (let round = 0; round < SLICES; round += 1) {
    for (const [index, work] of works.entries()) times[index].push(await slice(work, calls[index]));
  }
  return times.map(median);
}

export const kept = () => sink;
