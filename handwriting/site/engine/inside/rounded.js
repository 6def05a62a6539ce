// Numbers as the server sends them: to three decimals.

export const rounded = (values) => Array.from(values, (value) => (Array.isArray(value) ? rounded(value) : Math.round(value * 1000) / 1000));
