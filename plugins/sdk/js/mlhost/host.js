// What a plugin can say while it works. Outside of a component there is no host to hear it: log
// lines go to the console, the rest nowhere.

const listener = {
  log: (level, message) => console.error(`${level}: ${message}`),
  progress: () => {},
  metric: () => {},
};

/** Puts the host's functions in the place of those above. */
export function listen(functions) {
  Object.assign(listener, functions);
}

export function log(level, message) {
  listener.log(level, String(message));
}

export function progress(done, total = null) {
  listener.progress(done, total);
}

export function recordMetric(name, step, value) {
  listener.metric(name, step, value);
}
