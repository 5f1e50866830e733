package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// MQTT 5.0, section 4.7.
@Of(Version.V5)
class Topic5Test extends TopicContract {}
