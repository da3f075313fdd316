import { addProductTransposed, type AddProduct } from '../../../../src/core/linalg/product.ts';

/** By JavaScript alone. */
export const addProduct: AddProduct = (...product) => {
  addProductTransposed(...product);
  return Promise.resolve();
};
