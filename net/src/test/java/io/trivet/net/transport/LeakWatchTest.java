package io.trivet.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

class LeakWatchTest {
  @Test
  void seesABufferThatWasLost() throws InterruptedException {
    lose();
    assertThat(LeakWatch.collect()).isNotEmpty();
  }

  private static void lose() {
    ByteBufAllocator.DEFAULT.directBuffer(16).writeInt(1);
  }
}
