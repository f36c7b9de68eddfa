/** Draws the icons: `node build/icons/make.mjs`. Shapes on whole pixels per size, as in the mock-ups; rendered by Chromium. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const folder = import.meta.dirname
const program = process.env.SITEKEEP_CHROMIUM ?? '/usr/bin/chromium'

/** Electron picks a variant by the suffix; 16 is 100 %, 20 is 125 %, 24 is 150 %, 32 is 200 %. */
const suffixes = { 16: '', 20: '@1.25x', 24: '@1.5x', 32: '@2x' }

/** A keep (tower) per size: outline, and the hole that makes it hollow where the service is not running. */
const towers = {
  16: { outline: 'M1 1H4V3H5V1H8V3H9V1H12V6H11V13H12V15H1V13H2V6H1z', hole: 'M3 6H10V14H3z' },
  20: { outline: 'M1 1H5V4H6V1H10V4H11V1H15V7H14V16H15V18H1V16H2V7H1z', hole: 'M3 7H13V17H3z' },
  24: { outline: 'M1 1H5V4H8V1H12V4H15V1H19V8H17V20H19V22H1V20H3V8H1z', hole: 'M5 8H15V20H5z' },
  32: { outline: 'M2 2H8V6H11V2H17V6H20V2H26V11H24V26H26V29H2V26H4V11H2z', hole: 'M6 11H22V27H6z' },
}

/** Centre and radius of the badge, the radius cleared around it, and the stroke of its sign. */
const badges = {
  16: { at: 11.5, radius: 4.5, clear: 5.6, stroke: 1.4 },
  20: { at: 14.5, radius: 5.5, clear: 6.6, stroke: 1.6 },
  24: { at: 17.5, radius: 6.5, clear: 8.1, stroke: 1.9 },
  32: { at: 23.5, radius: 8.5, clear: 10.1, stroke: 2.4 },
}

const palettes = {
  'on-light': {
    tower: '#1b1b1b',
    good: ['#0f7b0f', '#fff'],
    running: ['#0f6cbd', '#fff'],
    attention: ['#f2b200', '#1b1b1b'],
    failed: ['#c42b1c', '#fff'],
    stopped: ['#6b6b6b', '#fff'],
  },
  'on-dark': {
    tower: '#ffffff',
    good: ['#6ccb5f', '#1b1b1b'],
    running: ['#62abf5', '#1b1b1b'],
    attention: ['#ffd24a', '#1b1b1b'],
    failed: ['#ff6b6b', '#1b1b1b'],
    stopped: ['#b0b0b0', '#1b1b1b'],
  },
}

/** Shape and sign differ with each state: colour alone says nothing to one person in twelve. */
const drawings = {
  good: ({ at, radius, stroke }, [fill, ink]) => {
    const tick = [
      [-0.48, 0.04],
      [-0.12, 0.4],
      [0.52, -0.28],
    ].map(([x, y]) => `${at + x * radius} ${at + y * radius}`)
    return `<circle cx="${at}" cy="${at}" r="${radius}" fill="${fill}"/>
      <path d="M${tick.join('L')}" fill="none" stroke="${ink}" stroke-width="${stroke}"/>`
  },
  running: ({ at, radius, stroke }, [fill]) => {
    const ring = radius * 0.82
    const tip = radius * 0.48
    return `<path d="M${at} ${at - ring}A${ring} ${ring} 0 1 1 ${at - ring} ${at}" fill="none" stroke="${fill}" stroke-width="${stroke * 1.25}"/>
      <path d="M${at - tip * 0.42} ${at - tip * 0.9}L${at + tip} ${at}L${at - tip * 0.42} ${at + tip * 0.9}z" fill="${fill}"/>`
  },
  attention: ({ at, radius, stroke }, [fill, ink]) => {
    const [top, bottom] = [at - radius * 1.04, at + radius * 0.88]
    const sign = (from, to) => `M${at} ${at + from * radius}V${at + to * radius}`
    return `<path d="M${at} ${top}L${at + radius} ${bottom}L${at - radius} ${bottom}z" fill="${fill}" stroke="${fill}" stroke-width="0.8" stroke-linejoin="round"/>
      <path d="${sign(-0.32, 0.28)}${sign(0.48, 0.79)}" stroke="${ink}" stroke-width="${stroke}"/>`
  },
  failed: ({ at, radius, stroke }, [fill, ink]) => {
    const side = radius * 0.4
    const ends = [
      [-side, -radius],
      [side, -radius],
      [radius, -side],
      [radius, side],
      [side, radius],
      [-side, radius],
      [-radius, side],
      [-radius, -side],
    ].map(([x, y]) => `${at + x} ${at + y}`)
    const [near, far] = [at - radius * 0.46, at + radius * 0.46]
    return `<path d="M${ends.join('L')}z" fill="${fill}"/>
      <path d="M${near} ${near}L${far} ${far}M${far} ${near}L${near} ${far}" stroke="${ink}" stroke-width="${stroke}"/>`
  },
  stopped: ({ at, radius, stroke }, [fill, ink]) => {
    const r = radius / 3
    return `<circle cx="${at}" cy="${at}" r="${radius}" fill="${fill}"/>
      <path d="M${at - r} ${at - r * 0.73}a${r} ${r * 0.97} 0 1 1 ${r * 1.57} ${r * 0.8}q${-r * 0.57} ${r * 0.37} ${-r * 0.57} ${r * 0.73}" fill="none" stroke="${ink}" stroke-width="${stroke * 0.85}"/>
      <rect x="${at - r * 0.4}" y="${at + r * 1.27}" width="${r * 0.8}" height="${r * 0.8}" fill="${ink}"/>`
  },
}

function traySvg(state, theme, size) {
  const palette = palettes[theme]
  const badge = badges[size]
  const { outline, hole } = towers[size]
  const tower = state === 'stopped' ? `${outline}${hole}` : outline
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}">
    <mask id="m"><rect width="${size}" height="${size}" fill="#fff"/><circle cx="${badge.at}" cy="${badge.at}" r="${badge.clear}" fill="#000"/></mask>
    <path mask="url(#m)" fill-rule="evenodd" d="${tower}" fill="${palette.tower}"/>
    ${drawings[state](badge, palette[state])}
  </svg>`
}

function applicationSvg(size) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 16 16">
    <rect width="16" height="16" rx="3.5" fill="#0f6cbd"/>
    <path d="M3 3h2.5v1.5H7V3h2v1.5h1.5V3H13v4l-1.5 1v3.5l1 1V13h-9v-.5l1-1V8L3 7z" fill="#fff"/>
  </svg>`
}

const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] })
const page = await browser.newPage()

async function draw(svg, size, file) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>*{margin:0}svg{display:block}</style>${svg}`)
  writeFileSync(join(folder, file), await page.screenshot({ omitBackground: true }))
}

mkdirSync(join(folder, 'tray'), { recursive: true })
for (const theme of Object.keys(palettes)) {
  for (const state of Object.keys(drawings)) {
    for (const [size, suffix] of Object.entries(suffixes)) {
      await draw(traySvg(state, theme, Number(size)), Number(size), join('tray', `${state}-${theme}${suffix}.png`))
    }
  }
}
await draw(applicationSvg(512), 512, 'icon.png')
await browser.close()
