import Foundation
import GRDB

/// Reads columns without assuming their types: in a damaged file anything may stand anywhere.
extension Row {
    func integer(_ index: Int) -> Int64? {
        if case .int64(let value) = (self[index] as DatabaseValue).storage { value } else { nil }
    }

    /// A point in time, in milliseconds since 1970 UTC, before the year 10000.
    func time(_ index: Int) -> Int64? {
        integer(index).flatMap { (0..<253_402_300_800_000).contains($0) ? $0 : nil }
    }

    func text(_ index: Int) -> String? {
        if case .string(let value) = (self[index] as DatabaseValue).storage { value } else { nil }
    }

    func blob(_ index: Int) -> Data? {
        if case .blob(let value) = (self[index] as DatabaseValue).storage { value } else { nil }
    }
}
