// What a plugin throws when it cannot go on.

export class PluginError extends Error {
  constructor(message, at = null) {
    super(message);
    this.at = at;
  }

  get kind() {
    return "failed";
  }
}

export class InvalidParams extends PluginError {
  get kind() {
    return "invalid-params";
  }
}

export class InvalidData extends PluginError {
  get kind() {
    return "invalid-data";
  }
}

export class Transient extends PluginError {
  get kind() {
    return "transient";
  }
}
