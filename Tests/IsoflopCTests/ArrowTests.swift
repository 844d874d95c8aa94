import CIsoflop
import Foundation
import IsoflopC
import Synchronization
import Testing

/// What readers release is told by number, once, whoever releases it and in whatever thread.
@Suite(.serialized) struct ArrowTests {
  private static func taken() throws -> [UInt64] {
    var (all, count) = ([UInt64](), 3)
    while count == 3 {
      var numbers = [UInt64](repeating: 0, count: 3)
      try Library.check(isoflop_arrow_released(&numbers, 3, &count))
      all += numbers.prefix(count)
    }
    return all.sorted()
  }

  /// A struct of two columns with the numbers 1, 2 and 3, in memory that goes with this object.
  private final class Exported {
    let array = UnsafeMutablePointer<ArrowArray>.allocate(capacity: 3)
    private let children = UnsafeMutablePointer<UnsafeMutablePointer<ArrowArray>?>.allocate(capacity: 2)

    init() {
      for index in 0..<3 {
        array[index] = ArrowArray()
        array[index].release = isoflop_arrow_release_array
        array[index].private_data = UnsafeMutableRawPointer(bitPattern: index + 1)
      }
      (children[0], children[1]) = (array + 1, array + 2)
      (array[0].n_children, array[0].children) = (2, children)
    }
    func release() { isoflop_arrow_release_array(array) }
    var isReleased: Bool { (0..<3).allSatisfy { array[$0].release == nil } }
    deinit {
      array.deallocate()
      children.deallocate()
    }
  }

  @Test func aParentReleasesItsChildren() throws {
    let exported = Exported()
    exported.release()
    #expect(exported.isReleased)
    // What was released is not again.
    exported.release()
    #expect(try Self.taken() == [1, 2, 3])
    #expect(try Self.taken().isEmpty)
  }

  @Test func childrenThatWereMovedOutStay() throws {
    let exported = Exported()
    var moved = exported.array[1]
    exported.array[1].release = nil
    exported.release()
    #expect(try Self.taken() == [1, 3])
    isoflop_arrow_release_array(&moved)
    #expect(try Self.taken() == [2])
    withExtendedLifetime(exported) {}
  }

  @Test func schemasAndStreamsToo() throws {
    var (schema, child, stream) = (ArrowSchema(), ArrowSchema(), ArrowArrayStream())
    schema.release = isoflop_arrow_release_schema
    schema.private_data = UnsafeMutableRawPointer(bitPattern: 4)
    child.release = isoflop_arrow_release_schema
    child.private_data = UnsafeMutableRawPointer(bitPattern: 5)
    stream.release = isoflop_arrow_release_stream
    stream.private_data = UnsafeMutableRawPointer(bitPattern: 6)
    withUnsafeMutablePointer(to: &child) { child in
      var children: UnsafeMutablePointer<ArrowSchema>? = child
      withUnsafeMutablePointer(to: &children) {
        (schema.n_children, schema.children) = (1, $0)
        isoflop_arrow_release_schema(&schema)
      }
    }
    isoflop_arrow_release_stream(&stream)
    #expect(schema.release == nil && child.release == nil && stream.release == nil)
    #expect(try Self.taken() == [4, 5, 6])
    isoflop_arrow_release_schema(nil)
    isoflop_arrow_release_array(nil)
    isoflop_arrow_release_stream(nil)
    #expect(try Self.taken().isEmpty)
  }

  @Test func whatLiesInAnObjectEndsWithIt() throws {
    let (exported, object) = (Exported(), UnsafeMutableRawPointer(bitPattern: 4096))
    try Library.check(isoflop_arrow_own(object, exported.array, Int32(ISOFLOP_ARROW_ARRAY), 9))
    isoflop_arrow_drop(UnsafeMutableRawPointer(bitPattern: 8192))
    isoflop_arrow_drop(nil)
    #expect(try Self.taken().isEmpty)
    isoflop_arrow_drop(object)
    #expect(try Self.taken() == [1, 2, 3, 9])
    #expect(exported.isReleased)
    isoflop_arrow_drop(object)
    #expect(try Self.taken().isEmpty)
    // Where a reader has moved the struct out, only its memory is left.
    var (empty, stream) = (ArrowSchema(), ArrowArrayStream())
    try Library.check(isoflop_arrow_own(object, &empty, Int32(ISOFLOP_ARROW_SCHEMA), 10))
    isoflop_arrow_drop(object)
    try Library.check(isoflop_arrow_own(object, &stream, Int32(ISOFLOP_ARROW_STREAM), 11))
    isoflop_arrow_drop(object)
    #expect(try Self.taken() == [10, 11])
  }

  private static let scheduled = Atomic(0)
  private static let refusals = Atomic(0)

  @Test func oneCallIsScheduledUntilNumbersAreTaken() throws {
    try Library.check(
      isoflop_arrow_notify(
        { function, argument in
          guard ArrowTests.refusals.load(ordering: .relaxed) == 0 else {
            ArrowTests.refusals.subtract(1, ordering: .relaxed)
            return -1
          }
          ArrowTests.scheduled.add(1, ordering: .relaxed)
          return function?(argument) ?? 1
        }, { _ in 0 }))
    defer { _ = isoflop_arrow_notify(nil, nil) }
    for round in 1...3 {
      Exported().release()
      #expect(Self.scheduled.load(ordering: .relaxed) == round)
      #expect(try Self.taken() == [1, 2, 3])
    }
    // A call for which there was no room is tried again.
    Self.refusals.store(2, ordering: .relaxed)
    Exported().release()
    #expect(Self.refusals.load(ordering: .relaxed) == 0 && Self.scheduled.load(ordering: .relaxed) == 4)
    #expect(try Self.taken() == [1, 2, 3])
  }

  @Test func numbersOfManyThreadsAreAllTold() throws {
    DispatchQueue.concurrentPerform(iterations: 500) { _ in
      Exported().release()
    }
    let all = try Self.taken()
    #expect(all == [1, 2, 3].flatMap { Array(repeating: $0, count: 500) })
  }
}
