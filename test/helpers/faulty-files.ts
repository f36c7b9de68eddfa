/** File operations that fail on demand: one wrapper for whole-path operations, one for what is done through a handle. */
import type { FileHandle } from 'node:fs/promises'
import type { Files } from '../../electron/engine/world.ts'
import { faulty } from './world.ts'

/** An error of the shape that Node gives to the system's. */
export function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected`), { code })
}

export interface HandleFaults {
  readonly write?: (
    real: () => Promise<{ bytesWritten: number }>,
    args: WriteArguments,
  ) => Promise<{ bytesWritten: number }>
  readonly sync?: (real: () => Promise<void>) => Promise<void>
  readonly close?: (real: () => Promise<void>) => Promise<void>
  readonly read?: () => Promise<never>
}
export interface WriteArguments {
  readonly handle: FileHandle
  readonly data: Uint8Array
  readonly offset: number
  readonly length: number
}

type Write = (data: Uint8Array, offset: number, length: number, at: number | null) => Promise<{ bytesWritten: number }>

/** `real`, where handles of the paths that `concerns` names behave as `faults` says. */
export function faultyHandles(real: Files, concerns: (path: string) => boolean, faults: HandleFaults): Files {
  const open = async (...args: Parameters<Files['open']>): Promise<FileHandle> => {
    const handle = await real.open(...args)
    return concerns(String(args[0])) ? wrap(handle, faults) : handle
  }
  return faulty(real, { open })
}

function wrap(handle: FileHandle, faults: HandleFaults): FileHandle {
  const write: Write = (data, offset, length, at) => {
    const real = (): Promise<{ bytesWritten: number }> => handle.write(data, offset, length, at)
    return faults.write === undefined ? real() : faults.write(real, { handle, data, offset, length })
  }
  const replaced: Record<string, unknown> = {
    write,
    sync: () => (faults.sync === undefined ? handle.sync() : faults.sync(() => handle.sync())),
    close: () => (faults.close === undefined ? handle.close() : faults.close(() => handle.close())),
    ...(faults.read === undefined ? {} : { read: faults.read }),
  }
  return new Proxy(handle, {
    get: (target, name) => {
      if (typeof name === 'string' && Object.hasOwn(replaced, name)) return replaced[name]
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

/** `real`, where the `n`th operation of all — on paths and through handles — fails with `code`. `hits` names it once it has. */
export function countedFiles(real: Files, n: number, code: string): { files: Files; hits: () => string } {
  let count = 0
  let hit = ''
  const counted = <T extends object>(target: T, prefix: string): T =>
    new Proxy(target, {
      get: (from, name) => {
        const value: unknown = Reflect.get(from, name)
        if (typeof value !== 'function' || typeof name !== 'string') return value
        return (...args: unknown[]): unknown => {
          count += 1
          if (count === n) {
            hit = `${prefix}${name}`
            // A failing close has closed all the same.
            if (name === 'close') Reflect.apply(value, from, args)
            return Promise.reject(errno(code))
          }
          const result: unknown = Reflect.apply(value, from, args)
          return name === 'open' ? (result as Promise<FileHandle>).then((handle) => counted(handle, 'handle.')) : result
        }
      },
    })
  return { files: counted(real, ''), hits: () => hit }
}
