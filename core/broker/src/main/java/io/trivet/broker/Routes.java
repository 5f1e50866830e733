package io.trivet.broker;

/// One loop's memory of the routes of the topics it saw last: a direct-mapped table, so that its size is fixed and a
/// repeated topic costs one comparison. The topic codec returns the same object for a repeated name, so that comparison
/// is mostly of references.
final class Routes {
  private final TopicName[] names;
  private final Route[] routes;
  private final int mask;

  /// @param slots a power of two
  Routes(int slots) {
    this.names = new TopicName[slots];
    this.routes = new Route[slots];
    this.mask = slots - 1;
  }

  Route of(TopicName name, TopicTree tree) {
    int h = name.hashCode();
    int slot = (h ^ h >>> 16) & mask;
    TopicName known = names[slot];
    if (known != null && (known == name || known.equals(name)) && routes[slot].isFor(tree)) {
      return routes[slot];
    }
    Route made = Route.of(tree, name);
    names[slot] = name;
    routes[slot] = made;
    return made;
  }
}
