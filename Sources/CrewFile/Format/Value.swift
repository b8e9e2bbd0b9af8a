import ChatModel

/// What was read from a crew file by its format.
enum Value {
    case text(String)
    case integer(Int)
    case number(Double)
    case money(Money)
    /// In milliseconds.
    case duration(Int)
    case boolean(Bool)
    case json(JSONValue)
    case list([Value])
    case record(Values)
    case named([(name: String, values: Values)])
}

/// The values of a record by their keys; what was left out or was wrong is missing.
struct Values {
    var values: [String: Value] = [:]

    func text(_ key: String) -> String? { if case .text(let text) = values[key] { text } else { nil } }
    func integer(_ key: String) -> Int? { if case .integer(let number) = values[key] { number } else { nil } }
    func number(_ key: String) -> Double? { if case .number(let number) = values[key] { number } else { nil } }
    func money(_ key: String) -> Money? { if case .money(let money) = values[key] { money } else { nil } }
    func duration(_ key: String) -> Int? { if case .duration(let time) = values[key] { time } else { nil } }
    func boolean(_ key: String) -> Bool? { if case .boolean(let truth) = values[key] { truth } else { nil } }
    func json(_ key: String) -> JSONValue? { if case .json(let json) = values[key] { json } else { nil } }
    func list(_ key: String) -> [Value] { if case .list(let list) = values[key] { list } else { [] } }
    func record(_ key: String) -> Values? { if case .record(let values) = values[key] { values } else { nil } }
    func named(_ key: String) -> [(name: String, values: Values)] {
        if case .named(let entries) = values[key] { entries } else { [] }
    }
    func texts(_ key: String) -> [String] {
        list(key).map { if case .text(let text) = $0 { text } else { "" } }
    }
}
