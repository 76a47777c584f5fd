/** Sends one image: made smaller here where it is too large, with its progress, and given up when nothing moves. */

/** As the server has it: bytes, and pixels. */
const MOST_BYTES = 8_000_000;
const MOST_PIXELS = 25_000_000;
/** The longest side of what is made smaller here; the server shows at most half of it. */
const SIDE = 3_200;
/** After this long without a byte going out it is given up, ms; and so is an answer that does not come. */
const STILL_MS = 30_000;
const ANSWER_MS = 120_000;

/** What is said about images, in the language of the page. */
export type SentWords = Readonly<Record<string, string>>;

/** Draws an image into the place for it: it is seen before it has been sent. */
function draw(canvas: HTMLCanvasElement, image: ImageBitmap, square: boolean): void {
  const side = 2 * 144;
  const scale = (square ? Math.max : Math.min)(side / image.width, side / image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  canvas.width = square ? side : Math.max(1, width);
  canvas.height = square ? side : Math.max(1, height);
  canvas.hidden = false;
  canvas
    .getContext('2d')
    ?.drawImage(image, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
}

/** The file as it can be sent, and its preview. What this browser cannot read the server is to judge. */
export async function prepared(
  file: File,
  canvas: HTMLCanvasElement,
  shrinking: () => void,
  square = false,
): Promise<Blob> {
  if (file.type === 'image/gif') return file;
  try {
    const image = await createImageBitmap(file);
    draw(canvas, image, square);
    const { width, height } = image;
    const fits = file.size <= MOST_BYTES && width * height <= MOST_PIXELS;
    if (fits && /^image\/(jpeg|png|webp)$/.test(file.type)) return file;
    shrinking();
    const scale = Math.min(1, SIDE / Math.max(width, height));
    const small = document.createElement('canvas');
    small.width = Math.max(1, Math.round(width * scale));
    small.height = Math.max(1, Math.round(height * scale));
    small.getContext('2d')?.drawImage(image, 0, 0, small.width, small.height);
    image.close();
    const type = file.type === 'image/jpeg' ? 'image/jpeg' : 'image/webp';
    return await new Promise((resolve) => small.toBlob((blob) => resolve(blob ?? file), type, 0.9));
  } catch {
    return file;
  }
}

/** What became of it: what the server answered, or why not in words. */
export type Sent = { readonly id?: string } | { readonly wrong: string };

/** Why an answer is a refusal, in words. */
function refusal(xhr: XMLHttpRequest, words: SentWords): string {
  const byStatus = {
    401: words['signedOut'],
    413: words['tooLarge'],
    429: words['busy'],
    503: words['busy'],
  };
  try {
    // The words of whoever judges images are in a language; others are for programs.
    if (xhr.getResponseHeader('content-language'))
      return (JSON.parse(xhr.responseText) as { detail: string }).detail;
  } catch {
    // A cache in between may have answered.
  }
  return byStatus[xhr.status as 401] ?? words['lost'] ?? '';
}

/** Begins to send; `progress` hears per cent, and 100 once all of it has left and is being made smaller there. */
export function sending(
  { body, to, method = 'POST' }: { readonly body: Blob; readonly to: string; readonly method?: string },
  words: SentWords,
  progress: (percent: number) => void,
): { readonly sent: Promise<Sent>; cancel(): void } {
  const xhr = new XMLHttpRequest();
  const sent = new Promise<Sent>((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const giveUpAfter = (time: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        resolve({ wrong: words['slow'] ?? '' });
        xhr.abort();
      }, time);
    };
    xhr.upload.onprogress = ({ loaded, total }) => {
      giveUpAfter(STILL_MS);
      progress(Math.min(99, Math.floor((100 * loaded) / Math.max(1, total))));
    };
    xhr.upload.onload = () => {
      giveUpAfter(ANSWER_MS);
      progress(100);
    };
    xhr.onloadend = () => {
      clearTimeout(timer);
      const isThere = xhr.status === 200 || xhr.status === 201;
      resolve(isThere ? (JSON.parse(xhr.responseText) as Sent) : { wrong: refusal(xhr, words) });
    };
    giveUpAfter(STILL_MS);
    xhr.open(method, to);
    xhr.setRequestHeader('accept-language', document.documentElement.lang);
    xhr.send(body);
  });
  return { sent, cancel: () => xhr.abort() };
}
