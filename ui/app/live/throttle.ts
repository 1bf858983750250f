/**
 * Runs at once, then at most once per pause, and never loses the last wish. (A trailing throttle would make the first
 * change wait, which people see.)
 */
export function throttle(run: () => void, pauseMs: number): { readonly ask: () => void; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wished = false;

  function go(): void {
    run();
    timer = setTimeout(() => {
      timer = undefined;
      if (!wished) return;
      wished = false;
      go();
    }, pauseMs);
  }

  return {
    ask() {
      if (timer === undefined) go();
      else wished = true;
    },
    stop() {
      clearTimeout(timer);
      wished = false;
    },
  };
}
