/** Waits for something, but not for ever: what hangs must not make whoever asked hang with it. */

/** What `work` resolves to, or `late` after `milliseconds`; `work` then goes on by itself, and its failure is its owner's to handle. */
export async function atMost<T>(milliseconds: number, work: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), milliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
