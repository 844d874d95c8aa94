import CIsoflop
import Foundation
import Isoflop
import IsoflopC
import Testing

/// The library as a program in C sees it: through the functions of the header.
enum Library {
  struct Failure: Error {
    var status: Int32
    var json: JSONObject
    var message: String { json["message"]?.string ?? "" }
  }

  static func lastError() -> JSONObject {
    var text: UnsafePointer<CChar>?
    var length = 0
    guard isoflop_error(&text, &length) == ISOFLOP_OK, let text else { return JSONObject() }
    return (try? JSON(parsing: String(cString: text)).object) ?? JSONObject()
  }

  static func check(_ status: isoflop_status) throws {
    if status != ISOFLOP_OK { throw Failure(status: status, json: lastError()) }
  }

  /// A request, its reply read and freed.
  static func call(_ function: String, _ request: JSON = [:], control: isoflop_handle = 0) throws -> JSON {
    try call(function, text: request.text(indent: nil), control: control)
  }

  static func call(_ function: String, text: String, control: isoflop_handle = 0) throws -> JSON {
    var reply: isoflop_handle = 0
    try check(isoflop_call(function, text, text.utf8.count, control, &reply))
    defer { isoflop_free(reply) }
    var answer: UnsafePointer<CChar>?
    var length = 0
    try check(isoflop_reply_text(reply, &answer, &length))
    let found = try #require(answer)
    #expect(strlen(found) == length)
    return try JSON(parsing: String(cString: found))
  }

  /// The failure that a call is expected to end with.
  static func failure(_ status: Int, _ body: () throws -> Void, at: SourceLocation = #_sourceLocation) throws -> Failure
  {
    do {
      try body()
    } catch let failure as Failure {
      #expect(Int(failure.status) == status, "\(failure.message)", sourceLocation: at)
      return failure
    }
    Issue.record("the call did not fail", sourceLocation: at)
    return Failure(status: 0, json: JSONObject())
  }
}

extension JSON {
  subscript(_ path: String...) -> JSON? { path.reduce(Optional(self)) { $0?.object?[$1] } }
  var integer: Int? { if case .integer(let value) = self { value } else { nil } }
}
