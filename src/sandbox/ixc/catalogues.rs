//! Small tables that others point to: branches, cities, states, accounts (sections 2.6 and 2.8).

use crate::town::Town;
use crate::town::billing::Wallet;
use crate::town::people::{Branch, City};

use super::row::Row;
use super::table::Table;

pub(super) const TABLES: &[Table] = &[
    Table::of("filial", branches),
    Table::of("cidade", cities),
    Table::of("uf", states),
    Table::of("fn_carteira_cobranca", wallets),
];

fn branches(town: &Town) -> Vec<Row> {
    let row = |branch: &Branch| {
        Row::new(branch.id)
            .put("razao", town.provider.name)
            .put("fantasia", branch.name)
            .put("cnpj", branch.document.formatted())
            .id("cidade", branch.city)
            .put("ativo", "S")
    };
    town.branches.iter().map(row).collect()
}

fn cities(town: &Town) -> Vec<Row> {
    let row =
        |city: &City| Row::new(city.id).put("nome", city.name).id("uf", city.state.number).id("cod_ibge", city.ibge);
    town.cities.iter().map(row).collect()
}

fn states(town: &Town) -> Vec<Row> {
    let row = |city: &City| Row::new(city.state.number).put("sigla", city.state.code).put("nome", city.state.name);
    town.cities.iter().map(row).collect()
}

fn wallets(town: &Town) -> Vec<Row> {
    let row = |wallet: &Wallet| {
        Row::new(wallet.id)
            .put("descricao", wallet.name)
            .put("banco", wallet.bank)
            .put("pix_gateway", if wallet.pix { "2" } else { "" })
            .put("pix_chave", if wallet.pix { "00000000-0000-4000-8000-000000000000" } else { "" })
            .flag("gera_pix_gateway", wallet.pix)
            .put("ativo", "S")
    };
    town.wallets.iter().map(row).collect()
}
