//! Plugins that attack the host.
