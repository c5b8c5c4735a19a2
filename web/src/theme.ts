// Dark or light: the system's choice until the reader makes one. The document carries it, the style sheet reads it.

export type Theme = 'dark' | 'light';
const key = 'tickwitness-theme';

function storedTheme(): Theme | null {
  try {
    const value = localStorage.getItem(key);
    return value === 'dark' || value === 'light' ? value : null;
  } catch {
    return null; // storage is forbidden: the system's choice stands
  }
}

function show(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}

export function currentTheme(): Theme {
  return document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark';
}

export function followTheme(): void {
  const light = matchMedia('(prefers-color-scheme: light)');
  const apply = () => {
    show(storedTheme() ?? (light.matches ? 'light' : 'dark'));
    dispatchEvent(new Event('themechange'));
  };
  light.addEventListener('change', apply);
  apply();
}

export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // It holds for this visit.
  }
  show(theme);
  dispatchEvent(new Event('themechange'));
}
