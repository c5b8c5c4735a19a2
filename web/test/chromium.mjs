// How the tests and the pictures start Debian's Chromium.
export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const desktop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };
