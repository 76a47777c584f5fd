/** Where two crawlers that are often imitated come from, by network or host name. Source: their operators' published lists. */
const ORIGINS: readonly (readonly [agent: RegExp, origin: RegExp, operator: string])[] = [
  [
    /Googlebot|GoogleOther|AdsBot-Google|Mediapartners-Google|Google-InspectionTool/,
    /^66\.249\.|^64\.233\.|^66\.102\.|^72\.14\.|^74\.125\.|^209\.85\.|^216\.239\.|^34\.|^35\.|^192\.178\.|^2001:4860:|\.google(?:bot)?\.com$/,
    'Google',
  ],
  [
    /bingbot|BingPreview|msnbot|adidxbot/i,
    /^40\.|^13\.|^20\.|^52\.|^51\.|^65\.5\d\.|^131\.253\.|^157\.5[4-6]\.|^157\.60\.|^199\.30\.|^204\.79\.|^207\.46\.|^207\.68\.|^191\.23|^139\.217\.|^2a01:111:|^2620:1ec:|\.msn\.com$/,
    'Microsoft',
  ],
];

/** The operator whose crawler this claims to be from an address that is not the operator's; undefined otherwise. */
export function impostorOf(agent: string, address: string): string | undefined {
  return ORIGINS.find(([claimed, origin]) => claimed.test(agent) && !origin.test(address))?.[2];
}
