import ChatModel
enum Assertion { static func objection(_ s: String, to: JSONValue) -> String? { nil } }
