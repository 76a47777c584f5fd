import type { Sink, Stream } from './stream.ts';

/** Opens a source of sound whose code is loaded when it is needed; `otherwise` is opened if loading fails. */
export const lazily =
  (open: (sink: Sink) => Promise<Stream>, otherwise: (sink: Sink) => Stream) =>
  (sink: Sink): Stream => {
    let closed = false;
    let inner: Stream | undefined;
    open(sink).then(
      (stream) => {
        if (closed) stream.close();
        else inner = stream;
      },
      () => {
        if (!closed) inner = otherwise(sink);
      },
    );
    return {
      close() {
        closed = true;
        inner?.close();
      },
    };
  };
