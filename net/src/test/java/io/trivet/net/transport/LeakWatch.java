package io.trivet.net.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails every test class of this room in which a buffer or TLS engine was lost without release. Loaded before any
/// test, so that no buffer class exists yet when it puts its detector in.
@NullMarked
public final class LeakWatch implements Extension, AfterAllCallback {
  private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

  static {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ResourceLeakDetectorFactory() {
      @Override
      @SuppressWarnings("deprecation") // the only method that must be overridden
      public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval, long maxActive) {
        return new Recording<>(resource);
      }
    });
  }

  private static final class Recording<T> extends ResourceLeakDetector<T> {
    @SuppressWarnings("deprecation") // there is no other constructor for subclasses
    Recording(Class<?> resource) {
      super(resource, 1);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      LEAKS.add(resourceType);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    List<String> found = collect();
    if (!found.isEmpty()) {
      throw new AssertionError(found.size() + " resources were never released, the first: " + found.getFirst());
    }
  }

  /// Detectors report when something else of the sort is allocated after the garbage was collected.
  static List<String> collect() throws InterruptedException {
    for (int round = 0; round < 3; round++) {
      System.gc();
      Thread.sleep(20);
      for (ByteBuf b : List.of(
          ByteBufAllocator.DEFAULT.directBuffer(8),
          ByteBufAllocator.DEFAULT.heapBuffer(8),
          ByteBufAllocator.DEFAULT.compositeBuffer())) {
        b.release();
      }
    }
    List<String> found = List.copyOf(LEAKS);
    LEAKS.clear();
    return found;
  }
}
