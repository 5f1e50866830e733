package io.trivet.net.transport;

import io.trivet.base.Randomness;

/// What listeners are given.
///
/// @param randomness keys of session tickets; must be unpredictable
public record TransportPorts(
    ConnectionOpener opener,
    Admission admission,
    TransportCounters counters,
    SetupWatcher watcher,
    Randomness randomness) {}
