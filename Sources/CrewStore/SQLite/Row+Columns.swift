import Foundation
import GRDB

/// Reads columns without assuming their types: in a damaged file anything may stand anywhere.
extension Row {
    func integer(_ index: Int) -> Int64? {
        if case .int64(let value) = (self[index] as DatabaseValue).storage { value } else { nil }
    }

    func text(_ index: Int) -> String? {
        if case .string(let value) = (self[index] as DatabaseValue).storage { value } else { nil }
    }

    func blob(_ index: Int) -> Data? {
        if case .blob(let value) = (self[index] as DatabaseValue).storage { value } else { nil }
    }
}
