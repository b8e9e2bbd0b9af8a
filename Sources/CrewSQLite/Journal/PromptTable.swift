import CrewCore
import CrewRuntime
import CrewStore
import Foundation
import GRDB

/// The prompts of a store's runs, each set of them once, under the hash of its text.
///
/// The events of a run name them, so they are in the run's chain as if they stood in the events themselves.
enum PromptTable {
    /// Sees to it that prompts are in the store, within a transaction that writes.
    ///
    /// - Throws: ``JournalError`` where they are not there and nobody has given them.
    static func keep(_ prompts: GivenPrompts.Named, _ db: Database) throws {
        let search = try BoundStatement(db, "SELECT 1 FROM prompts WHERE hash = ?")
        try search.bind(1, prompts.version)
        if try search.step() { return }
        guard let content = prompts.content else {
            throw JournalError(.storage, "the prompts \(prompts.version.prefix(12))… are not kept in the store.")
        }
        let insertion = try BoundStatement(db, "INSERT INTO prompts (hash, content) VALUES (?, ?)")
        try insertion.bind(1, prompts.version)
        try insertion.bind(2, content)
        try insertion.execute()
    }

    /// The text of prompts, checked.
    static func content(_ version: String, _ db: Database) throws -> [UInt8] {
        let row = try Row.fetchOne(db, sql: "SELECT content FROM prompts WHERE hash = ?", arguments: [version])
        guard let content = row?.blob(0) else {
            throw JournalError(.damaged, "the prompts \(version.prefix(12))… are not in the store: \(remedy)")
        }
        guard PromptBook.version(of: content) == version else {
            throw JournalError(.damaged, "the prompts \(version.prefix(12))… are not what was written: \(remedy)")
        }
        return Array(content)
    }

    private static let remedy = "restore the store from a copy."

    /// What is wrong with the prompts that are kept.
    ///
    /// - Parameter named: Those that runs name.
    static func flaws(named: Set<String>, _ db: Database) throws -> [String] {
        var kept: Set<String> = []
        var flaws: [String] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT hash, content FROM prompts ORDER BY hash")
        while let row = try rows.next() {
            let hash = row.text(0) ?? "?"
            kept.insert(hash)
            guard let content = row.blob(1), PromptBook.version(of: content) == hash else {
                flaws.append("the prompts \(hash) are not what was written")
                continue
            }
        }
        return flaws + named.subtracting(kept).sorted().map { "the prompts \($0) were taken out" }
    }
}
