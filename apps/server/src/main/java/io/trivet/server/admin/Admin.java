package io.trivet.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// Does what an administrator asks, whether a server runs or not.
///
/// Commands and what they take and answer:
/// ```
/// device.add     id, [password: true or a text], [certificate: true], [psk: true or hex], [outside: {field, value}],
///                [attributes: {}], [groups: []], [client-id], [out: directory],
///                [raw-key: true or PEM], [oscore: true or the context as the device has it], [edhoc: curve or edhoc-claims: hex]
///                → id, [password], [psk: {identity, key}], [files: {certificate, key, authority}], listeners
/// device.list    → devices: [{id, state, client-id, attributes, groups, credentials: [text]}]
/// device.show    id → one of those
/// device.set     id, [attributes: {name: value, "" drops}], [groups: [] replaces], [client-id], [outside]
/// device.block, device.unblock, device.remove   id
/// device.rotate  id, like device.add: each kind of credential named is replaced
/// ipsec.device   id → certificate, key (PEM, for IKE alone)
/// ipsec.server   name → the same for the server
/// status, metrics, reload, stop, connections, kick (client-id)         of a running server only
/// ```
public interface Admin extends AutoCloseable {
  /// @param arguments an object, possibly empty
  /// @throws AdminException with what is wrong, for the person who asked
  ObjectNode call(String command, JsonNode arguments);

  @Override
  void close();
}
