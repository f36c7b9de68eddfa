/** Keeps the heap of a long-running process small: what is short-lived is collected early instead of being given more room. */
import { setFlagsFromString } from 'node:v8'

/**
 * V8 enlarges the space for new objects up to 96 MiB while a folder of many files streams by, although nothing of it lives on. Left
 * at its first size a backup costs some 5 % more time and 50 to 120 MiB less memory (measured over 10,000 and 150,000 files). Unlike the
 * spaces' sizes this factor is read at each collection, so that it can be set in a running process, however it was started.
 */
export function boundYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
