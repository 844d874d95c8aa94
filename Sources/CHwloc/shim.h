#include <hwloc.h>
#include <hwloc/cpukinds.h>

/// Tells the core that this is a spin loop, so that its SMT sibling and its power budget get the cycles.
static inline void isoflop_spin_hint(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}
