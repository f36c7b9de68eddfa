/** Builds and serves the pages alone, as a browser loads them from the agent: no inline script, relative addresses. */
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const folder = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url))

export default defineConfig({
  root: folder('renderer'),
  base: './',
  plugins: [react()],
  build: {
    outDir: folder('out/renderer'),
    emptyOutDir: true,
    target: 'chrome120',
    // A polyfill of what every such browser has would be the only inline-like code.
    modulePreload: { polyfill: false },
    // Icons as files: the content security policy then needs no `data:`.
    assetsInlineLimit: 0,
  },
})
