/** What the page is made of. */
export interface Assets {
  readonly script: string;
  readonly style: string;
}

/** The files beside this one, as the package has them. */
export function packagedAssets(): Assets {
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const read = (name: string): string => {
    try {
      return readFileSync(new URL(name, import.meta.url), 'utf8');
    } catch (error) {
      throw new Error(`startInspector: ${name} is missing beside ${import.meta.url}; build the package first`, { cause: error });
    }
  };
  return { script: read('./inspector-page.js'), style: read('./inspector-page.css') };
}

export const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Inspector</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body><noscript>The inspector needs JavaScript.</noscript></body>
</html>
`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b7a75"/>
<g fill="#fff"><rect x="6" y="8" width="12" height="4" rx="2"/><rect x="11" y="14" width="14" height="4" rx="2"/><rect x="17" y="20" width="9" height="4" rx="2"/></g></svg>
`;
