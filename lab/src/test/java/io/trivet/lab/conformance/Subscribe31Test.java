package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// What MQTT 3.1 shares with its successors.
@Of(Version.V3_1)
class Subscribe31Test extends SubscribeContract {}
