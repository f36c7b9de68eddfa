/** Bundles the processes of the product into out/: main (shell, agent, worker, cli), preload, renderer. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'electron-vite'
import pages from './vite.renderer.config.ts'

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** File in out/main → source. Beside each other, because an entry finds its siblings beside itself. */
const mainEntries = {
  shell: at('electron/shell/main.ts'),
  agent: at('electron/agent/main.ts'),
  worker: at('electron/agent/worker.ts'),
  cli: at('electron/cli/main.ts'),
}

/**
 * Stay outside the bundle: Electron itself, what holds native code, starts threads from its own files, or is large and
 * seldom needed. Everything else is bundled, so that the command line loads few files.
 */
const outside = ['electron', 'better-sqlite3', 'electron-store', 'pino', 'ali-oss', 'node-schedule', 'archiver']

const node = { target: 'node22', minify: false, sourcemap: false, reportCompressedSize: false } as const
const isThere = (path: string): boolean => existsSync(path)

export default defineConfig({
  main: {
    build: {
      ...node,
      outDir: at('out/main'),
      externalizeDeps: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(mainEntries).filter(([, path]) => isThere(path))),
        external: [/^node:/, new RegExp(`^(${outside.join('|')})(/|$)`)],
        // Shared chunks lie beside the entries too: `import.meta.url` then means the same folder everywhere.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'shared-[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      ...node,
      outDir: at('out/preload'),
      // A sandboxed preload can load nothing but electron: everything else has to be inside, and it has to be CommonJS.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: at('electron/preload.ts') },
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    ...pages,
    build: {
      ...pages.build,
      minify: true,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2500,
      rolldownOptions: { input: at('renderer/index.html') },
    },
  },
})
